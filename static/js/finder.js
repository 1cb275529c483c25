// A long list of choices: a few letters find one. The list itself stays, and keeps the answer.
const MOST = 8;

export function findChoice(select) {
  const box = document.createElement("div");
  box.className = "finder";
  const input = document.createElement("input");
  input.type = "search";
  input.className = "field__input";
  input.placeholder = select.dataset.search;
  input.setAttribute("aria-label", select.dataset.search);
  input.autocomplete = "off";
  const found = document.createElement("div");
  found.className = "finder__found";
  found.setAttribute("role", "status");
  box.append(...quickChoices(select), input, found);
  select.before(box);

  const draw = () => {
    const sought = plain(input.value);
    found.replaceChildren();
    if (!sought) return;
    const hits = [...select.options].filter((option) => option.value && !option.disabled && matches(option, sought));
    for (const option of hits.slice(0, MOST)) found.append(choiceButton(option, choose));
    if (hits.length === 0) {
      const none = document.createElement("p");
      none.className = "finder__none";
      none.textContent = select.dataset.searchNone;
      found.append(none);
    }
  };

  const choose = (option) => {
    select.value = option.value;
    input.value = "";
    found.replaceChildren();
    select.dispatchEvent(new Event("change", { bubbles: true }));
    select.focus();
  };

  input.addEventListener("input", (event) => {
    event.stopPropagation(); // looking is not writing: nothing to be saved yet
    draw();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const one = found.querySelector("button");
    if (one) one.click();
  });
}

// The likeliest choices, one tap each: options say their place among them by data-quick.
function quickChoices(select) {
  const likely = [...select.options].filter((option) => option.dataset.quick);
  if (likely.length === 0) return [];
  likely.sort((one, other) => Number(one.dataset.quick) - Number(other.dataset.quick));
  const row = document.createElement("div");
  row.className = "finder__quick";
  const mark = () => {
    for (const button of row.children) button.setAttribute("aria-pressed", String(button.value === select.value));
  };
  for (const option of likely) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "finder__one";
    button.value = option.value;
    button.textContent = option.textContent.trim();
    button.addEventListener("click", () => {
      select.value = option.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    row.append(button);
  }
  select.addEventListener("change", mark);
  mark();
  return [row];
}

function choiceButton(option, choose) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "finder__one";
  button.append(option.textContent.trim());
  const group = groupOf(option);
  if (group) {
    const where = document.createElement("span");
    where.textContent = group;
    button.append(where);
  }
  button.addEventListener("click", () => choose(option));
  return button;
}

// Any of the typed words may stand anywhere, in the choice, in its group, or in the words kept beside it.
function matches(option, sought) {
  const text = plain(`${option.textContent} ${groupOf(option)} ${option.dataset.words || ""}`);
  return sought.split(" ").every((word) => text.includes(word));
}

function groupOf(option) {
  return option.parentElement.tagName === "OPTGROUP" ? option.parentElement.label : "";
}

function plain(text) {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}
