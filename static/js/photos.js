// Photos are seen before they are sent, made smaller on the phone, and may be taken out again.
// A browser that cannot do one of these sends the file as it is.
const QUALITY = 0.85;

export function photoField(field) {
  if (!window.DataTransfer || !window.createImageBitmap) return;
  const inputs = [...field.querySelectorAll("input[type=file]")];
  const album = inputs[inputs.length - 1];
  const longest = Number(field.dataset.longest);
  const said = line();
  const list = document.createElement("ul");
  list.className = "photo_field__chosen";
  field.append(said, list);
  field.classList.add("photo_field--ready");
  let chosen = [];
  let work = Promise.resolve();

  const settle = () => {
    const box = new DataTransfer();
    chosen.forEach((photo) => box.items.add(photo.file));
    album.files = box.files;
    said.textContent = chosen.length ? `${field.dataset.saidChosen} ${chosen.length}` : "";
  };

  const add = async (files) => {
    said.textContent = field.dataset.saidPreparing;
    for (const file of files) {
      const photo = await prepared(file, longest);
      if (!album.multiple) {
        chosen = [];
        list.replaceChildren();
      }
      chosen.push(photo);
      const row = shown(photo, field.dataset.saidTakeOut, () => {
        chosen = chosen.filter((other) => other !== photo);
        row.remove();
        settle();
        album.focus();
      });
      list.append(row);
    }
    settle();
  };

  for (const input of inputs) {
    input.addEventListener("change", () => {
      const files = [...input.files];
      // The album's box is the one that is sent; the camera's is emptied so that nothing goes twice.
      if (input !== album) input.value = "";
      work = work.then(() => add(files));
      holdUntil(input.form, work);
    });
  }
}

// The form waits until the photos are ready: pressed early, it is sent by itself when they are.
function holdUntil(form, work) {
  if (!form) return;
  let pressed = null;
  const hold = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = event;
  };
  form.addEventListener("submit", hold, { capture: true });
  work.finally(() => {
    form.removeEventListener("submit", hold, { capture: true });
    if (pressed) (pressed.submitter || form.querySelector("button[type=submit]")).click();
  });
}

async function prepared(file, longest) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch (error) {
    return { file, canvas: null }; // not a picture this browser can read: the server will say what is wrong
  }
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return { file, canvas };
  const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
  return { file: new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified }), canvas };
}

function shown(photo, takeOut, remove) {
  const row = document.createElement("li");
  if (photo.canvas) {
    photo.canvas.setAttribute("role", "img");
    photo.canvas.setAttribute("aria-label", photo.file.name);
    row.append(photo.canvas);
  } else {
    row.append(photo.file.name);
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--plain";
  button.textContent = takeOut;
  button.setAttribute("aria-label", `${takeOut} ${photo.file.name}`);
  button.addEventListener("click", remove);
  row.append(button);
  return row;
}

function line() {
  const said = document.createElement("p");
  said.className = "photo_field__said";
  said.setAttribute("role", "status");
  return said;
}
