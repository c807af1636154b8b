// Saves a draft a few seconds after typing stops, and when its page is left. What cannot be saved is
// kept in this tab (sessionStorage) and offered again. Without this file the buttons save.

const WAIT_MS = 4000;
const MOST_KEEPALIVE = 60_000; // bytes a browser still sends for a page that is gone

const form = document.querySelector("form[data-desk-form][data-writable]");
if (form) start();

function start() {
  const state = form.querySelector("[data-saved]");
  const told = form.querySelector("[data-told]");
  const version = form.elements.version;
  let known = written();
  let timer = 0;
  let sending = null;
  let again = false;
  let collided = false;
  let leaving = false;

  offerKept();

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT_MS);
  });
  form.addEventListener("submit", async (event) => {
    leaving = true; // The form itself saves now.
    clearTimeout(timer);
    if (!sending) return;
    // What is under way first: only its answer says which draft and version this is.
    event.preventDefault();
    again = false;
    await sending;
    form.requestSubmit(event.submitter);
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !leaving) save({ keepalive: true });
  });
  addEventListener("online", () => save());

  async function save({ keepalive = false } = {}) {
    clearTimeout(timer);
    const now = written();
    if (collided || now === known) return;
    if (sending) {
      again = true;
      return;
    }
    const sent = new FormData(form);
    sent.delete("datei"); // goes by its own button
    const body = new URLSearchParams(sent);
    if (keepalive && body.toString().length > MOST_KEEPALIVE) {
      keep();
      return;
    }
    sending = send(body, now, keepalive);
    await sending;
    sending = null;
    if (again) {
      again = false;
      await save();
    }
  }

  async function send(body, now, keepalive) {
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        keepalive,
        redirect: "error",
      });
      const said = await answer.json();
      if (answer.ok) saved(said, now);
      else notSaved(answer.status, said.detail);
    } catch {
      notSaved(0, "");
    }
  }

  function saved(said, now) {
    forget();
    known = now;
    version.value = said.version;
    state.textContent = said.saved;
    told.replaceChildren();
    if (form.getAttribute("action") !== said.action) {
      form.setAttribute("action", said.action);
      history.replaceState(null, "", said.page);
    }
  }

  function notSaved(status, detail) {
    keep();
    state.textContent = "Noch nicht gespeichert.";
    if (status === 409) {
      collided = true;
      tell(detail, submit("Beide Fassungen vergleichen"));
    } else if (status === 401) {
      tell(
        "Sie sind abgemeldet. Ihr Text bleibt in diesem Tab. Melden Sie sich in einem neuen Tab an und speichern Sie dann hier.",
        link("/anmelden", "Anmelden in neuem Tab"),
      );
    } else if (status) {
      tell(detail || "Der Text konnte nicht gespeichert werden. Er bleibt in diesem Tab.");
    } else {
      tell("Der Server ist gerade nicht zu erreichen. Ihr Text bleibt in diesem Tab; wir versuchen es weiter.");
      timer = setTimeout(save, 5 * WAIT_MS);
    }
  }

  // What is written, without what belongs to the session
  function entries() {
    const own = new Set(["csrf_token", "version", "aufbewahrt"]);
    return [...new FormData(form)].filter(([name, value]) => !own.has(name) && typeof value === "string");
  }

  function written() {
    return JSON.stringify(entries());
  }

  function place() {
    return `redaktion:${form.getAttribute("action")}`;
  }

  function keep() {
    try {
      const now = new Date().toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" });
      sessionStorage.setItem(place(), JSON.stringify({ at: now, entries: entries() }));
    } catch {
      state.textContent = "Dieser Browser kann den Text nicht aufbewahren. Bitte kopieren Sie ihn.";
    }
  }

  function forget() {
    sessionStorage.removeItem(place());
  }

  function offerKept() {
    const kept = JSON.parse(sessionStorage.getItem(place()) ?? "null");
    if (!kept) return;
    if (JSON.stringify(kept.entries) === known) {
      forget();
      return;
    }
    tell(
      `Ihr Text von ${kept.at} Uhr ist noch da. Er war nicht gespeichert.`,
      button("Einsetzen", () => {
        fill(kept.entries);
        told.replaceChildren();
        save();
      }),
      button("Verwerfen", () => {
        forget();
        told.replaceChildren();
      }),
    );
  }

  function fill(pairs) {
    const values = Map.groupBy(pairs, ([name]) => name);
    for (const control of form.elements) {
      if (!control.name || ["submit", "button", "hidden", "file", "fieldset"].includes(control.type)) continue;
      if (isOfAnotherFile(control.name, values)) continue;
      const own = (values.get(control.name) ?? []).map(([, value]) => value);
      if (control.type === "checkbox" || control.type === "radio") {
        control.checked = own.includes(control.value);
      } else control.value = own[0] ?? "";
    }
  }

  // What was said about a file stays with that file, wherever it stands by now.
  function isOfAnotherFile(name, values) {
    const place = /^attachments-\d+-/.exec(name)?.[0];
    return place && values.get(`${place}sha256`)?.[0][1] !== form.elements[`${place}sha256`]?.value;
  }

  function tell(sentence, ...ways) {
    const box = document.createElement("div");
    box.className = "kern-alert kern-alert--warning notice";
    box.role = "alert";
    const head = document.createElement("div");
    head.className = "kern-alert__header";
    const title = document.createElement("p");
    title.className = "kern-title notice__title";
    title.textContent = sentence;
    head.append(title);
    box.append(head);
    if (ways.length) {
      const body = document.createElement("div");
      body.className = "kern-alert__body desk-actions";
      body.append(...ways);
      box.append(body);
    }
    told.replaceChildren(box);
  }

  function link(href, label) {
    const way = document.createElement("a");
    way.href = href;
    way.target = "_blank";
    way.rel = "noopener";
    way.textContent = label;
    return way;
  }

  function submit(label) {
    const way = button(label);
    way.type = "submit";
    way.name = "weiter";
    way.value = "schreiben";
    return way;
  }

  function button(label, act) {
    const way = document.createElement("button");
    way.type = "button";
    way.className = "kern-btn kern-btn--secondary";
    const words = document.createElement("span");
    words.className = "kern-label";
    words.textContent = label;
    way.append(words);
    if (act) way.addEventListener("click", act);
    return way;
  }
}
