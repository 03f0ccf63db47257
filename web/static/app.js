// The only script of our own beside htmx. Every page also works without it; no inline handlers (strict CSP).

// data-close closes the dialog it stands in; where there is no dialog it is a link like any other.
document.addEventListener("click", (event) => {
  const closer = event.target.closest("dialog [data-close]");
  if (!closer) return;
  event.preventDefault();
  closer.closest("dialog").close();
});

// "Tick all": <input data-ticks="name">. How many are ticked is told by [data-counts="name"].
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.type === "checkbox") {
    const name = box.dataset.ticks || box.name;
    if (box.dataset.ticks) document.getElementsByName(name).forEach((one) => { one.checked = box.checked; });
    for (const teller of document.querySelectorAll("[data-counts]")) {
      if (teller.dataset.counts === name) teller.textContent = document.querySelectorAll(`input[name="${name}"]:checked`).length;
    }
  }
  const zone = box.type === "file" && box.closest(".dropzone");
  if (zone && box.files.length) zone.querySelector("strong").textContent = box.files[0].name;
});

for (const zone of document.querySelectorAll(".dropzone")) {
  ["dragenter", "dragover"].forEach((name) => zone.addEventListener(name, () => zone.classList.add("over")));
  ["dragleave", "drop"].forEach((name) => zone.addEventListener(name, () => zone.classList.remove("over")));
}

// A pressed button waits and says so: a double click never makes two jobs.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || !button.dataset.busy) return;
  setTimeout(() => {   // after the browser has taken the button's own name and value along
    button.dataset.words = button.innerHTML;
    button.disabled = true;
    button.textContent = button.dataset.busy;
  });
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("button[data-words]")) {
    button.disabled = false;
    button.innerHTML = button.dataset.words;
  }
});

document.querySelectorAll("[data-shows-password]").forEach((button) => button.addEventListener("click", () => {
  const field = document.getElementById(button.dataset.showsPassword);
  field.type = field.type === "password" ? "text" : "password";
  button.setAttribute("aria-pressed", field.type === "text");
}));

// A dialog that came from the server opens at once.
document.addEventListener("htmx:after:swap", () => {
  const dialog = document.querySelector("#sheet-slot dialog:not([open])");
  if (dialog) dialog.showModal();
});

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
document.addEventListener("htmx:error", (event) => { if (isLive(event)) lost(); });
document.addEventListener("htmx:before:swap", (event) => {
  if (!isLive(event)) return;
  const { status } = event.detail.ctx.response;
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
