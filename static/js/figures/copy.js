// Buttons that copy the text of a field; without this script, or where the browser does not let it, there are none.

for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const field = document.getElementById(button.dataset.copy);
  button.addEventListener("click", async () => {
    field.select(); // to be copied by hand, should the browser refuse
    await navigator.clipboard.writeText(field.value);
    button.nextElementSibling.textContent = button.dataset.done;
  });
  button.hidden = false;
}
