"""Pictures of the web app, taken on the way of a newcomer: python scripts/screenshots.py [--projects FOLDER].

Starts a server with a home of its own, goes the way in both languages as people do, and writes docs/images/web/*.png. FOLDER may hold
kundenwert-demo and kundenwert-company-demo; what is missing is made. Needs chromium, pdftoppm (Debian: poppler-utils)
and the packages of the tests.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images" / "web"
PROGRAM = str(Path(sys.executable).with_name("kundenwert"))
DEMO, COMPANY = "kundenwert-demo", "kundenwert-company-demo"
PERSON, PASSWORD = "Jana Weber", "richtig-Pferd-Batterie-7"
ADDRESS = "jana.weber@firma.example"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
LANGUAGES = {"de": "de-DE", "en": "en-GB"}


@dataclass
class Camera:
    """Takes pictures of one page of the browser."""

    page: Any
    language: str

    def take(self, name: str, *, height: int = 900, dark: bool = False) -> None:
        """A picture of the window, in few colours."""
        page = self.page
        settle(page)
        if dark:
            page.emulate_media(color_scheme="dark")
            page.reload()
            settle(page)
        path = PICTURES / f"{name}-{self.language}{'-dark' if dark else ''}.png"
        page.set_viewport_size({"width": 1280, "height": height})
        settle(page)
        page.screenshot(path=str(path))
        if dark:
            page.emulate_media(color_scheme="light")
            page.reload()
        smaller(path)

    def print(self, name: str) -> None:
        """A picture of the first sheet of paper."""
        settle(self.page)
        path = PICTURES / f"{name}-{self.language}.png"
        with tempfile.TemporaryDirectory() as folder:
            self.page.pdf(path=f"{folder}/sheet.pdf", format="A4", prefer_css_page_size=True)
            subprocess.run(["pdftoppm", "-r", "90", "-png", "-singlefile", f"{folder}/sheet.pdf", str(path.with_suffix(""))], check=True)
        smaller(path)


def settle(page: Any) -> None:
    """Waits until nothing is loaded or drawn any more."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(400)


def smaller(path: Path) -> None:
    """Turns a picture into one of 256 colours: a third of the size, and nobody sees it."""
    pixels = read_png(path.read_bytes())
    height, width, _ = pixels.shape
    codes = pixels.reshape(-1, 3).astype(np.int64) @ (65536, 256, 1)
    colours, place, count = np.unique(codes, return_inverse=True, return_counts=True)
    palette = np.sort(colours[np.argsort(-count, kind="stable")[:256]])
    apart = np.stack([(colours[:, None] >> shift & 255) - (palette[None, :] >> shift & 255) for shift in (16, 8, 0)])
    nearest = (apart**2).sum(0).argmin(1).astype(np.uint8)
    path.write_bytes(write_png(nearest[place].reshape(height, width), palette))
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} kB")


def read_png(data: bytes) -> Any:
    """The pixels of a picture of the browser, height x width x 3; it writes eight bits, with or without transparency, not interlaced."""
    width, height, _, kind = struct.unpack(">IIBB", data[16:26])
    channels = {2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += size + 12
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * channels)
    found = np.zeros((height + 1, width + 1, channels), np.uint8)
    for number, row in enumerate(rows, 1):
        undo(int(row[0]), row[1:].reshape(width, channels), found[number - 1], found[number])
    return found[1:, 1:, :3]


def undo(way: int, coded: Any, above: Any, into: Any) -> None:
    """Takes back one of PNG's five ways to write a row as differences; `into` and `above` begin with an empty pixel."""
    if way == 0:
        into[1:] = coded
    elif way == 1:
        into[1:] = np.cumsum(coded, axis=0, dtype=np.uint8)
    elif way == 2:
        into[1:] = coded + above[1:]
    else:
        for place in range(1, len(into)):
            left, up, corner = (one.astype(int) for one in (into[place - 1], above[place], above[place - 1]))
            guess = (left + up) // 2 if way == 3 else paeth(left, up, corner)
            into[place] = (coded[place - 1] + guess) & 255


def paeth(left: Any, up: Any, corner: Any) -> Any:
    """Of the three neighbours the one nearest to left + up - corner, as the PNG specification says."""
    far = left + up - corner
    to_left, to_up, to_corner = abs(far - left), abs(far - up), abs(far - corner)
    return np.where((to_left <= to_up) & (to_left <= to_corner), left, np.where(to_up <= to_corner, up, corner))


def write_png(places: Any, palette: Any) -> bytes:
    """A picture with a palette. places: height x width, numbers of colours; palette: colours as 0xRRGGBB."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    height, width = places.shape
    colours = np.stack([palette >> shift & 255 for shift in (16, 8, 0)], axis=1).astype(np.uint8).tobytes()
    rows = np.hstack([np.zeros((height, 1), np.uint8), places]).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"PLTE", colours), chunk(b"IDAT", zlib.compress(rows, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def first_start(camera: Camera) -> None:
    """Nobody has an account yet: the first one administers."""
    page = camera.page
    page.goto("/")
    camera.take("1-first-start", height=760)
    page.fill("[name=name]", PERSON)
    page.fill("[name=email]", ADDRESS)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main form button.main-action").click()
    settle(page)


def the_demo(camera: Camera) -> None:
    """What the base is worth, the most valuable customer at risk, and why."""
    page = camera.page
    page.goto("/projects/")
    camera.take("2-projects", height=760)
    page.locator("tr", has_text="Online Retail").locator("form[action*=open] button").first.click()
    settle(page)
    page.goto("/overview/")
    camera.take("3-overview", height=1000)
    camera.take("3-overview", height=1000, dark=True)
    page.locator(".todo .go").first.click()
    settle(page)
    camera.take("4-at-risk", height=760)
    page.locator("tbody tr.link th a").first.click()
    settle(page)
    camera.take("5-why", height=1000)


def the_company(camera: Camera) -> None:
    """One click to the example company, what could be done there, ten visits, the list on paper."""
    page = camera.page
    page.goto("/projects/")
    offered = page.locator("form[action*=example]", has=page.locator("[value=company]")).locator("button")
    (offered if offered.count() else page.locator("tr", has_text="Muster").locator("form[action*=open] button")).first.click()
    settle(page)
    if "/jobs/" in page.url:
        page.locator("#job a.main-action").click(timeout=600_000)
    page.goto("/portfolio/")
    camera.take("6-portfolio", height=1000)
    page.goto("/result/")
    camera.take("7-result", height=1000)
    page.goto("/plans/actions/")
    camera.take("8-actions", height=900)
    page.goto("/plans/")
    page.locator("form#means").wait_for(timeout=60_000)
    with page.expect_navigation():
        page.select_option("#plan", "visits")
    settle(page)
    page.evaluate("() => scrollTo(0, 0)")
    camera.take("9-planner", height=1000)
    page.locator("#answer form button.main-action").click()
    page.wait_for_url("**/plans/plan/**", timeout=120_000)
    settle(page)
    camera.take("10-plan", height=1000)
    page.goto(page.url.rstrip("/") + "/print/")
    camera.print("11-list-on-paper")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server with a home of its own; gives its address."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    plain = {name: value for name, value in os.environ.items() if not name.startswith("KUNDENWERT_")}
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--port", str(port), "--home", str(folder / "home")], cwd=folder, env=plain, stdout=log, stderr=log
        )
    try:
        until_healthy(process, f"http://127.0.0.1:{port}", folder / "serve.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def until_healthy(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Waits until the server answers; says what it said if it does not."""
    limit = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < limit:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):  # noqa: S310 (our own address)
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"The server does not answer:\n{log.read_text(encoding='utf-8')}")


def examples(folder: Path, ready: Path | None) -> None:
    """The wholesaler where the server looks for it; the company only if it is ready, else the click on it makes it."""
    if ready and (ready / COMPANY).is_dir():
        shutil.copytree(ready / COMPANY, folder / "home" / "projects" / COMPANY)
    if ready and (ready / DEMO).is_dir():
        shutil.copytree(ready / DEMO, folder / DEMO)
    else:
        subprocess.run([PROGRAM, "demo", "--quiet"], cwd=folder, check=True)


def main() -> int:
    """Goes the way in each language."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=Path, help="folder with examples that are valued already")
    ready = parser.parse_args().projects
    browser = shutil.which("chromium")
    if browser is None:
        raise SystemExit("chromium is missing: apt-get install chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        for language, locale in LANGUAGES.items():
            with tempfile.TemporaryDirectory() as name:
                examples(Path(name), ready)
                with served(Path(name)) as address:
                    page = chromium.new_page(
                        base_url=address, locale=locale, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
                    )
                    camera = Camera(page, language)
                    first_start(camera)
                    the_demo(camera)
                    the_company(camera)
                    page.close()
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
