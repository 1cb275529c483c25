// One tap instead of selecting by hand; without script the words can be selected in the area.
export function copyWords(box) {
  const area = box.querySelector("textarea");
  const button = box.querySelector("button");
  const said = box.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    area.select();
    let done = false;
    try {
      await navigator.clipboard.writeText(area.value);
      done = true;
    } catch {
      // Old phones, and pages without https: the browser's own way.
      done = document.execCommand("copy");
    }
    said.textContent = done ? box.dataset.saidCopied : box.dataset.saidFailed;
  });
}
