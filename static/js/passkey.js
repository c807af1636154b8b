// Passkeys: one button asks for options, lets the device answer, and sends the answer on.
// <button data-passkey="anmelden|anlegen" data-options="/…" data-answer="/…" data-token="…" hidden>
// The answer goes with the value of the field named by data-name, and with data-weiter.

for (const button of document.querySelectorAll("[data-passkey]")) {
  if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
    button.hidden = false;
    const part = button.closest("[data-passkey-part]");
    if (part) part.hidden = false;
    button.addEventListener("click", () => run(button));
  }
}

async function run(button) {
  const message = document.getElementById(button.dataset.message);
  message.textContent = "";
  button.disabled = true;
  try {
    location.assign(await ask(button.dataset));
  } catch (error) {
    message.textContent = error instanceof Refused
      ? error.message
      : "Das hat nicht geklappt. Vielleicht wurde abgebrochen, oder dieses Gerät hat keinen passenden Passkey.";
    button.disabled = false;
  }
}

async function ask(wishes) {
  const options = await post(wishes.options, wishes.token, {});
  const credential = wishes.passkey === "anlegen"
    ? await navigator.credentials.create({
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
      })
    : await navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
      });
  const answer = await post(wishes.answer, wishes.token, {
    credential: credential.toJSON(),
    name: wishes.name ? document.getElementById(wishes.name).value : "",
    weiter: wishes.weiter ?? "",
  });
  return answer.weiter;
}

async function post(address, token, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  });
  if (answer.redirected) {
    location.assign(answer.url);
    throw new Refused("Bitte melden Sie sich noch einmal an.");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(said.detail ?? "Bitte laden Sie die Seite neu.");
  return said;
}

class Refused extends Error {}
