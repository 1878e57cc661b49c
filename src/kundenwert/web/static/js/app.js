// What every page needs beyond links and forms. Pages work without it.

// The form token for requests of htmx, from the page itself: the cookie cannot be read by scripts.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.value;
});

// A part that could not be loaded says so instead of standing still.
document.addEventListener("htmx:responseError", (event) => {
  if ([401, 403].includes(event.detail.xhr.status)) window.location.reload();
});

// Selects and boxes that send their form at once; without script a button does.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-send-on-change]");
  if (form) form.requestSubmit();
});
