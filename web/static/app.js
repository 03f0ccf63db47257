// The only script of our own beside htmx. Every page also works without it; no inline handlers (strict CSP).

// data-close closes the dialog it stands in; where there is no dialog it is a link like any other.
document.addEventListener("click", (event) => {
  const closer = event.target.closest("dialog [data-close]");
  if (!closer) return;
  event.preventDefault();
  closer.closest("dialog").close();
});

// On a phone the top bar scrolls sideways: where one is, is in sight.
document.querySelector(".topbar nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// What stands on paper: the browser's own dialog for printing, which also writes a PDF.
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

// "Tick all": <input data-ticks="name">. How many are ticked is told by [data-counts="name"].
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.type === "checkbox") {
    const name = box.dataset.ticks || box.name;
    if (box.dataset.ticks) boxesOf(name).forEach((one) => { one.checked = box.checked; });
    keepTicks(name);
    tellTicks(name);
  }
  const zone = box.type === "file" && box.closest(".dropzone");
  if (zone && box.files.length) zone.querySelector("strong").textContent = box.files[0].name;
});

// Enter presses the first button of a form, which is not always meant: in a tick of a table it does nothing (the space
// bar ticks), and in a mistake that is mended everywhere it presses the button beside.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const mistake = event.target.matches("input, select") && event.target.closest(".mistake");
  if (mistake) mistake.querySelector("button").click();
  if (mistake || event.target.matches('td > input[type="checkbox"], th > input[type="checkbox"]')) event.preventDefault();
});

// Ticks stay while pages are turned, until the list changes: <form data-keeps="name" data-keeps-for="list and version">.
// Those of other pages go along as hidden fields. What is kept are numbers of rows, in this tab alone.
const keeper = document.querySelector("form[data-keeps]");
const boxesOf = (name) => [...document.querySelectorAll(`input[type="checkbox"][name="${name}"]`)];
const ticked = (name) => boxesOf(name).filter((box) => box.checked);
const elsewhere = (name) => [...document.querySelectorAll(`input[data-kept][name="${name}"]`)];
const tellTicks = (name) => {
  const count = ticked(name).length + elsewhere(name).length;
  for (const teller of document.querySelectorAll(`[data-counts="${name}"]`)) teller.textContent = count;
  for (const button of document.querySelectorAll(`[data-unticks="${name}"]`)) button.hidden = !count;
};
const keepTicks = (name) => {
  if (!keeper || keeper.dataset.keeps !== name) return;
  const ids = [...ticked(name), ...elsewhere(name)].map((field) => field.value);
  try { sessionStorage.setItem("ticks", JSON.stringify({ of: keeper.dataset.keepsFor, ids })); } catch { /* no room: this page's alone */ }
};
const showKeptTicks = () => {
  if (!keeper) return;
  const name = keeper.dataset.keeps;
  let kept = null;
  try { kept = JSON.parse(sessionStorage.getItem("ticks")); } catch { /* nothing to be had */ }
  const ids = new Set(kept && kept.of === keeper.dataset.keepsFor ? kept.ids : []);
  elsewhere(name).forEach((field) => field.remove());
  for (const box of boxesOf(name)) box.checked = ids.delete(box.value);
  for (const id of ids) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value: id });
    field.dataset.kept = "";
    keeper.append(field);
  }
  tellTicks(name);
};
showKeptTicks();
window.addEventListener("pageshow", (event) => { if (event.persisted) showKeptTicks(); });
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-unticks]");
  if (!button) return;
  elsewhere(button.dataset.unticks).forEach((field) => field.remove());
  document.querySelectorAll(`[data-ticks="${button.dataset.unticks}"]`).forEach((box) => { box.checked = false; });
  boxesOf(button.dataset.unticks).forEach((box) => { box.checked = false; });
  keepTicks(button.dataset.unticks);
  tellTicks(button.dataset.unticks);
});

for (const zone of document.querySelectorAll(".dropzone")) {
  ["dragenter", "dragover"].forEach((name) => zone.addEventListener(name, () => zone.classList.add("over")));
  ["dragleave", "drop"].forEach((name) => zone.addEventListener(name, () => zone.classList.remove("over")));
}

// A pressed button waits and says so: a double click never makes two jobs. It comes before whoever sends the form.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || !button.dataset.busy) return;
  if (button.dataset.words !== undefined) {   // pressed before
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  button.dataset.words = button.innerHTML;
  setTimeout(() => {   // after the browser has taken the button's own name and value along
    button.disabled = true;
    button.textContent = button.dataset.busy;
  });
}, true);
const wake = () => {
  for (const button of document.querySelectorAll("button[data-words]")) {
    button.disabled = false;
    button.innerHTML = button.dataset.words;
    delete button.dataset.words;
    if (document.activeElement === document.body) button.focus();
  }
};
window.addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
// It waits for the answer to what it sent, not to what else the page asks, and goes on waiting on the way to another page.
document.addEventListener("htmx:finally:request", (event) => {
  const { request, hx } = event.detail.ctx;
  if (request.submitter && !hx?.redirect) wake();
});

document.querySelectorAll("[data-shows-password]").forEach((button) => button.addEventListener("click", () => {
  const field = document.getElementById(button.dataset.showsPassword);
  field.type = field.type === "password" ? "text" : "password";
  button.setAttribute("aria-pressed", field.type === "text");
}));

const showTab = () => {   // on a small screen the tabs scroll
  for (const tab of document.querySelectorAll(".nav-tabs .active")) tab.closest("ul").scrollLeft = tab.offsetLeft - 16;
};
showTab();

// A dialog gives the focus back to what opened it, also when an answer has taken its place meanwhile (a refused form)
// and when the button that was pressed had to wait, and so could not hold the focus.
let opener = null;
const rememberOpener = () => {
  const focused = document.activeElement === document.body ? null : document.activeElement;
  opener = document.querySelector("button[data-words]") || focused || opener;
};

// A dialog that came from the server opens at once. What [data-says] of a new part says is said by a place that stayed.
document.addEventListener("htmx:after:swap", (event) => {
  if (isStrip(event)) return closeWithTheWindow();
  showTab();
  for (const said of document.querySelectorAll("[data-says]")) {
    document.getElementById(said.dataset.says).textContent = said.textContent.trim();
  }
  const dialog = document.querySelector("#sheet-slot dialog:not([open])");
  if (!dialog) return;
  rememberOpener();
  dialog.showModal();
});
document.addEventListener("close", (event) => {   // one that is closed is not opened again by the next swap
  if (!event.target.matches("#sheet-slot dialog")) return;
  event.target.remove();
  if (document.activeElement === document.body && opener) opener.focus();
  opener = null;
}, true);

// The strip of the deadline asks for itself again; it does so too when the reader comes back to the page. Between its
// questions the clock runs on. When the window of the batch has closed, what would be refused now can't be pressed.
const isStrip = (event) => event.detail.ctx?.sourceElement?.id === "deadline";
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.body.dispatchEvent(new Event("seen-again"));
});
let told = { clock: "", at: 0 };
setInterval(() => {
  const clock = document.querySelector("[data-clock]");
  if (!clock) return;
  if (told.clock !== clock.dataset.clock) told = { clock: clock.dataset.clock, at: Date.now() };
  const now = new Date(Date.parse(`${told.clock.replace(" ", "T")}Z`) + Date.now() - told.at);
  clock.textContent = now.toISOString().slice(0, 16).replace("T", " ");
}, 1000);
const closeWithTheWindow = () => {
  if (!document.querySelector("#deadline[data-closed]")) return;
  for (const button of document.querySelectorAll("[data-until-closed]")) button.disabled = true;
};

// What a ticked box makes of the form's button: <input type="checkbox" data-says-on-button="words">.
const nameButton = (box) => {
  const words = box.form.querySelector("[type=submit] span");
  words.dataset.unticked ||= words.textContent;
  words.textContent = box.checked ? box.dataset.saysOnButton : words.dataset.unticked;
};
const nameButtons = () => document.querySelectorAll("[data-says-on-button]").forEach(nameButton);
document.addEventListener("change", (event) => { if (event.target.dataset.saysOnButton) nameButton(event.target); });
window.addEventListener("pageshow", nameButtons);   // a browser that comes back keeps the tick

// A premium is of what was ticked when it was generated: <form data-outdates="A0 B0"> says of what. Of something else it
// is not confirmed.
const tellOutdated = () => {
  const form = document.querySelector("form[data-outdates]");
  const button = document.querySelector("[data-not-outdated]");
  if (!form || !button) return;
  const ticked = [...form.querySelectorAll("table :checked")].map((box) => box.value).filter(Boolean).sort().join(" ");
  button.disabled = ticked !== form.dataset.outdates;
  document.getElementById("outdated").hidden = !button.disabled;
};
document.addEventListener("change", tellOutdated);
window.addEventListener("pageshow", tellOutdated);   // a browser that comes back keeps the ticks

// The grid of refused rows: rows with something unsaved are marked and counted, and nobody leaves them by mistake.
const isFresh = (field) => field.options
  ? [...field.options].every((option) => option.selected === option.defaultSelected)
  : field.value === field.defaultValue;
document.addEventListener("input", (event) => {
  const row = event.target.closest(".fixgrid tbody tr");
  if (!row) return;
  const fresh = [...row.querySelectorAll(".form-control, .form-select")].every(isFresh);
  row.classList.toggle("changed", !fresh || "unsaved" in row.dataset);
  const rows = document.querySelectorAll(".fixgrid .changed").length;
  document.getElementById("changed-says").textContent = rows ? `已改 ${rows} 行，未保存` : "";
});
let saving = false;
document.addEventListener("submit", (event) => { saving = event.target.id === "mend"; });
document.addEventListener("htmx:finally:request", (event) => { if (!isStrip(event)) saving = false; });
window.addEventListener("beforeunload", (event) => {
  if (!saving && document.querySelector(".fixgrid .changed")) event.preventDefault();
});

// Over a slow network one goes on while a row is being saved. What was typed since, and where, outlives the answer.
const inGrid = ".fixgrid :is(.form-control, .form-select)";
const ofGrid = (event) => event.detail.ctx?.request?.form?.id === "mend";
const sends = [];   // what stood in the grid as each save was pressed, and where one was; the oldest first
let later = null;
const typing = () => (document.activeElement?.matches(inGrid) ? document.activeElement : null);
document.addEventListener("submit", (event) => {
  if (event.target.id !== "mend") return;
  const values = new Map([...document.querySelectorAll(inGrid)].map((field) => [field.id, field.value]));
  sends.push({ values, at: typing()?.id });
});
document.addEventListener("htmx:before:swap", (event) => {
  if (!ofGrid(event) || !sends.length) return;
  const [{ values, at }] = sends;
  const typed = [...document.querySelectorAll(inGrid)].filter((field) => values.has(field.id) && field.value !== values.get(field.id));
  const field = typing();
  later = { typed, place: field && field.id !== at && [field.id, field.selectionStart, field.selectionEnd] };
});
document.addEventListener("htmx:after:swap", (event) => {
  if (!ofGrid(event) || !later) return;
  for (const { id, value } of later.typed) {
    const field = document.getElementById(id);
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const field = later.place && document.getElementById(later.place[0]);
  field?.focus();
  if (field?.setSelectionRange) field.setSelectionRange(later.place[1], later.place[2]);
  later = null;
});
document.addEventListener("htmx:finally:request", (event) => { if (ofGrid(event)) sends.shift(); });

// Progress: after one failed poll the figures stay, a note appears, and the next tries come every 5 s.
const RETRY_MS = 5000;
let failedAt = 0;
let loggedOut = false;
let lastUpdate = new Date();   // by the reader's own clock
const isLive = (event) => event.target.id === "job-live";
const show = (id, on) => { const note = document.getElementById(id); if (note) note.hidden = !on; };
const lost = () => {
  failedAt = Date.now();
  document.getElementById("last-update").textContent = lastUpdate.toTimeString().slice(0, 8);
  show("offline", true);
};
document.addEventListener("htmx:before:request", (event) => {
  if (isLive(event) && (loggedOut || (failedAt && Date.now() - failedAt < RETRY_MS))) event.preventDefault();
});
document.addEventListener("htmx:error", (event) => {
  if (isLive(event)) lost();
  else if (ofGrid(event)) show("offline", true);
});
document.addEventListener("htmx:before:swap", (event) => {
  if (ofGrid(event)) show("offline", false);
  const { status } = event.detail.ctx.response;
  if (isStrip(event) && status >= 400) event.preventDefault();   // what is known stays
  if (!isLive(event)) return;
  if (status === 401) {
    event.preventDefault();
    loggedOut = true;
    show("session-over", true);
  } else if (status >= 400) {
    event.preventDefault();
    lost();
  } else {
    failedAt = 0;
    lastUpdate = new Date();
    show("offline", false);
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-retry]")) return;
  failedAt = 0;
  htmx.trigger(document.getElementById("job-live"), "every");
});
