// What every page needs beyond links and forms. Pages work without it.

// The form token for requests of htmx, from the page itself: the cookie cannot be read by scripts.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.value;
});

// Charts bring the address of their module; a part of a page that comes later may hold charts too.
function drawCharts() {
  const chart = document.querySelector("[data-chart-module]");
  if (chart) import(chart.dataset.chartModule).then((module) => module.drawAll());
}
document.addEventListener("htmx:load", drawCharts);
drawCharts();

// A part that could not be loaded says so instead of standing still.
document.addEventListener("htmx:responseError", (event) => {
  if ([401, 403].includes(event.detail.xhr.status)) window.location.reload();
});

// Selects and boxes that send their form at once; without script a button does.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-send-on-change]");
  if (form) form.requestSubmit();
});
