// Minutes an item has taken, for the screen on the wall.
export function runTimer(timer) {
  const since = new Date(timer.dataset.timer).getTime();
  const planned = Number(timer.dataset.planned);
  const gone = timer.querySelector("[data-timer-gone]");
  // The clock of the machine at the wall may be wrong: time is told by the server's.
  const told = timer.closest("[data-now]");
  const ahead = told ? skew(told) : 0;
  const draw = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - ahead - since) / 1000));
    gone.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    timer.classList.toggle("projector_timer--over", planned > 0 && seconds > planned * 60);
  };
  draw();
  setInterval(draw, 1000);
}

function skew(told) {
  if (told.dataset.skew === undefined) {
    told.dataset.skew = String(Date.now() - new Date(told.dataset.now).getTime());
  }
  return Number(told.dataset.skew);
}
