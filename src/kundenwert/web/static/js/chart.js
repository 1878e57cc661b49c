// Draws Vega-Lite specs that stand in the page as <template> inside <figure data-chart>. Vega is loaded with the first chart.
// Strict policy: expressions are interpreted (ast), nothing is fetched, no style sheet is added.

const PAUSE = 150; // milliseconds without a change of width before charts are drawn anew
const SMALL = 500; // pixels: below, panels stand one below the other
const PHONE = 420; // pixels: below, lettering is smaller
let engine = null;

function script(address) {
  return new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = address;
    tag.onload = resolve;
    tag.onerror = () => reject(new Error("not loaded: " + address));
    document.head.append(tag);
  });
}

// Each of the three needs the one before.
function vega(addresses) {
  engine ??= (async () => {
    for (const address of addresses) await script(address);
    return window.vegaEmbed;
  })();
  return engine;
}

// The spec for a place of that width; panels side by side share it.
function fitted(spec, width) {
  const size = width < PHONE ? 12 : 13;
  const letters = (part) => ({ ...part, ...(part?.labelFontSize ? { labelFontSize: size, titleFontSize: size } : {}) });
  const config = { ...spec.config, axis: letters(spec.config?.axis), legend: letters(spec.config?.legend), text: { ...spec.config?.text, fontSize: size } };
  if (!spec.concat) return { ...spec, config, width };
  const columns = width >= SMALL && spec.concat.length > 1 ? 2 : 1;
  const wide = Math.floor((width - (columns - 1) * (spec.spacing ?? 0)) / columns) - 12;
  return { ...spec, config, columns, concat: spec.concat.map((panel) => ({ ...panel, width: wide })) };
}

async function draw(figure) {
  const place = figure.querySelector("[data-chart-place]");
  const width = Math.floor(place.clientWidth);
  if (!width || figure.drawnWidth === width) return;
  figure.drawnWidth = width;
  const { spec, locale, scripts } = (figure.chart ??= JSON.parse(figure.querySelector("template").content.textContent));
  try {
    const [embed] = await Promise.all([vega(scripts), document.fonts.load('13px "Kundenwert Sans"'), document.fonts.load('600 13px "Kundenwert Sans"')]);
    const fresh = document.createElement("div");
    const options = { mode: "vega-lite", ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: false, hover: false };
    const made = await embed(fresh, fitted(spec, width), { ...options, formatLocale: locale.format_locale, timeFormatLocale: locale.time_format_locale });
    if (figure.drawnWidth !== width) return made.finalize();
    figure.made?.finalize();
    figure.made = made;
    const picture = fresh.querySelector("svg");
    picture.setAttribute("aria-hidden", "true");
    picture.removeAttribute("role");
    place.replaceChildren(picture);
    figure.dataset.chart = "drawn";
  } catch (error) {
    // Without the picture there is still the table.
    figure.dataset.chart = "failed";
    figure.querySelector("details")?.setAttribute("open", "");
    console.error(error);
  }
}

const waiting = new Map();
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const figure = target.closest("[data-chart]");
    clearTimeout(waiting.get(figure));
    if (!figure.drawnWidth) draw(figure);
    else waiting.set(figure, setTimeout(() => draw(figure), PAUSE));
  }
});

// Finds the charts of the page that are not drawn yet: at the start, and after a part of the page came later.
export function drawAll() {
  for (const figure of document.querySelectorAll("figure[data-chart='']")) {
    figure.dataset.chart = "waiting";
    widths.observe(figure.querySelector("[data-chart-place]"));
  }
}

drawAll();
