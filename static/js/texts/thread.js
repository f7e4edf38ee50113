// What somebody has opened is read: the button says so without this script.
const form = document.getElementById("seen");

fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" })
  .then(() => form.remove())
  .catch(() => {});
