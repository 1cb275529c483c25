// Everything here makes a page quicker and nothing more: each page works without it.
import { lookAlike } from "./alike.js";
import { keepAsTyped } from "./autosave.js";
import { copyWords } from "./copy.js";
import { findChoice } from "./finder.js";
import { narrow } from "./narrow.js";
import { photoField } from "./photos.js";
import { onceOnly } from "./submit.js";
import { revealPassword } from "./reveal.js";
import { runTimer } from "./timer.js";

const each = (selector, enhance) => document.querySelectorAll(selector).forEach(enhance);

// Narrowing first: a finder looks only among the choices that are left.
each("select[data-narrow-by]", narrow);
each("select[data-search]", findChoice);
each("[data-photos]", photoField);
each("input[data-reveal]", revealPassword);
each("form[data-autosave]", keepAsTyped);
each("[data-alike]", lookAlike);
each("[data-copy]", copyWords);
each("[data-timer]", runTimer);
each("form[method=post]", onceOnly);

const first = document.querySelector("[data-first-focus]");
if (first) first.focus();
