// Files dropped on their place become those of its input; what was chosen is told. Without script the input works alone.

function tell(place) {
  const input = place.querySelector("input[type=file]");
  const list = place.querySelector("[data-drop-list]");
  list.textContent = [...input.files].map((file) => file.name).join(", ");
}

for (const place of document.querySelectorAll("[data-drop]")) {
  const input = place.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) {
    place.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) place.addEventListener(name, () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = new DataTransfer();
    for (const file of [...input.files, ...event.dataTransfer.files]) files.items.add(file);
    input.files = files.files;
    tell(place);
  });
  input.addEventListener("change", () => tell(place));
}

// A file dropped beside the place must not leave the page.
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
