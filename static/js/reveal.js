// A password may be looked at: nobody types sixteen signs blindly on a phone.
export function revealPassword(input) {
  const label = document.createElement("label");
  label.className = "pick pick--checkbox reveal";
  const tick = document.createElement("input");
  tick.type = "checkbox";
  const words = document.createElement("span");
  words.className = "pick__box";
  words.textContent = input.dataset.reveal;
  label.append(tick, words);
  input.after(label);
  tick.addEventListener("change", () => {
    input.type = tick.checked ? "text" : "password";
  });
}
