// Units of the building chosen, and no others. Options say whose they are by data-parent.
export function narrow(select) {
  const parent = document.getElementById(select.dataset.narrowBy);
  if (!parent) return;
  const all = [...select.querySelectorAll("option")];
  const shell = all.filter((option) => !option.dataset.parent);

  const redraw = () => {
    const chosen = select.value;
    const fitting = all.filter((option) => option.dataset.parent === parent.value);
    select.replaceChildren(...shell, ...fitting);
    const kept = fitting.some((option) => option.value === chosen);
    select.value = kept ? chosen : shell.length ? shell[0].value : "";
  };

  parent.addEventListener("change", redraw);
  redraw();
}
