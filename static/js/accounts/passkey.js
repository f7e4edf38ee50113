// Passkeys: the device makes one, or signs with one, and its answer is sent with the form around the button.

const bytes = (encoded) =>
  Uint8Array.from(atob(encoded.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const credentials = (listed = []) => listed.map((one) => ({ ...one, id: bytes(one.id) }));

const creation = (options) =>
  navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: credentials(options.excludeCredentials),
    },
  });

const request = (options) =>
  navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: credentials(options.allowCredentials),
    },
  });

// The parts of an answer that are bytes, of which each kind of answer has some.
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

const answered = ({ id, rawId, type, response }) =>
  JSON.stringify({
    id,
    rawId: text(rawId),
    type,
    response: Object.fromEntries(PARTS.filter((part) => response[part]).map((part) => [part, text(response[part])])),
    clientExtensionResults: {},
  });

const prepare = (button) => {
  const problem = button.form.querySelector("[data-passkey-problem]");
  button.addEventListener("click", async () => {
    const options = { ...JSON.parse(button.dataset.passkey), challenge: button.dataset.nonce };
    problem.hidden = true;
    button.disabled = true;
    try {
      const answer = await (options.user ? creation(options) : request(options));
      button.form.elements.namedItem(button.dataset.field).value = answered(answer);
      // The member has pressed the button: the fields beside it, such as a code, may be empty.
      button.form.noValidate = true;
      button.form.requestSubmit();
    } catch {
      problem.hidden = false;
      button.disabled = false;
    }
  });
  const needs = button.form.querySelector("[data-passkey-needs]");
  if (needs) needs.hidden = true;
  button.hidden = false;
};

if (window.PublicKeyCredential) document.querySelectorAll("[data-passkey]").forEach(prepare);
