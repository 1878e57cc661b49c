// Sliders beside their numbers, and the button that prints. Without it the numbers alone do.

for (const range of document.querySelectorAll("input[type=range][data-of]")) {
  const amount = document.getElementById(range.dataset.of);
  range.addEventListener("input", () => {
    amount.value = range.value;
    amount.dispatchEvent(new Event("input", { bubbles: true }));
  });
  amount.addEventListener("input", (event) => {
    if (event.isTrusted) range.value = amount.value;
  });
}

// What the slider itself sends is sent by its number already.
document.getElementById("means")?.addEventListener("change", (event) => {
  if (event.target.type === "range") event.stopPropagation();
}, true);

// Another plan has other means: its page is asked for as soon as it is chosen.
for (const choice of document.querySelectorAll("select[data-at-once]")) {
  choice.addEventListener("change", () => choice.form.requestSubmit());
}

// The page that prints.
const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
