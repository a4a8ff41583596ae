"""The studio as a person sees it: screenshots of the real page, of a real server with real results, to look at.

    python benchmarks/studio_pictures.py --out /tmp/studio
    python benchmarks/studio_pictures.py --readme docs/images/studio.png

Phone, laptop and large screen, light and dark, each mode of the view, and the page of a shared mesh. Needs Chromium, as
the tests do. Prints a line for each picture; never a pass or a fail.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.harness import own_server  # noqa: E402

SIZES = {"phone": (375, 812), "laptop": (1400, 900), "large": (2560, 1440)}
FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
V1 = "/api/v1"
MODES = ("Shaded", "Wire", "Normals", "UV", "Parts", "Skeleton", "Untextured")


def job(url: str, route: str, **sent: Any) -> dict[str, Any]:
    """Send a job and wait for its end. -> its status"""
    answer = requests.post(url + V1 + route, timeout=30, **sent)
    answer.raise_for_status()
    while True:
        status = requests.get(f"{url}{answer.json()['status_url']}?wait=20", timeout=60)
        told: dict[str, Any] = status.json()
        if told["status"] in ("completed", "failed", "cancelled"):
            return told


def results(url: str) -> dict[str, str]:
    """What the pictures show. -> ids of the jobs by what they are"""
    text = "/mesh-generation/text-to-textured-mesh"
    with (ROOT / "examples" / "rocket.png").open("rb") as picture:
        rocket = job(
            url, "/mesh-generation/image-to-textured-mesh-upload", files={"image_file": picture}
        )
    job(url, text, json={"text_prompt": "the essence of bureaucracy"})
    chair = job(url, text, json={"text_prompt": "a tall wooden chair"})
    car = job(url, text, json={"text_prompt": "a red sports car with black wheels"})
    parts = job(
        url,
        "/mesh-segmentation/segment-mesh",
        json={"input_job_id": chair["job_id"], "num_parts": 6},
    )
    knight = job(url, text, json={"text_prompt": "a knight"})
    rig = job(
        url,
        "/auto-rigging/generate-rig",
        json={"input_job_id": knight["job_id"], "rig_mode": "full"},
    )
    made = {
        "rocket": rocket,
        "chair": chair,
        "car": car,
        "parts": parts,
        "knight": knight,
        "rig": rig,
    }
    return {name: status["job_id"] for name, status in made.items()}


class Camera:
    """Opens the page at a size and in a theme, and takes pictures of it."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url

    def page(self, size: str, theme: str, path: str = "/") -> Page:
        width, height = SIZES[size]
        page = self._browser.new_page(
            viewport={"width": width, "height": height}, color_scheme=theme
        )
        page.on("console", lambda said: print(f"  {said.type}: {said.text}"))
        page.goto(self._url + path)
        return page

    def take(self, page: Page, file: Path) -> None:
        page.wait_for_timeout(500)  # what eases in
        page.screenshot(path=str(file), timeout=120_000)
        print(file)


def shown(page: Page, job_id: str) -> None:
    """Open a result as a person does, by its card; wait until it is drawn."""
    tab = page.locator("#tab-history")
    if tab.is_visible():
        tab.click()
    card = page.locator(f'[data-job-id="{job_id}"]')
    card.get_by_role("button", name="Open").first.click()
    if tab.is_visible():
        page.locator("#tab-viewport").click()
    page.locator('#viewport[data-state="ready"]').wait_for()


def studio_pictures(camera: Camera, ids: dict[str, str], out: Path) -> None:
    for size in SIZES:
        for theme in ("light", "dark"):
            page = camera.page(size, theme)
            page.locator('body[data-state="ready"]').wait_for()
            camera.take(page, out / f"{size}_{theme}_empty.png")
            shown(page, ids["rocket"])
            camera.take(page, out / f"{size}_{theme}_rocket.png")
            page.close()
    page = camera.page("laptop", "light")
    page.locator('body[data-state="ready"]').wait_for()
    for mode in MODES:
        shown(page, ids["parts" if mode == "Parts" else "rig"])
        page.locator("#viewport").get_by_role("button", name=mode).first.click()
        camera.take(page, out / f"mode_{mode.lower()}.png")
    page.locator("#queue-chip").click()
    camera.take(page, out / "operator.png")
    page.close()


def readme_picture(camera: Camera, ids: dict[str, str], file: Path) -> None:
    """A text in the form, and its mesh."""
    page = camera.page("laptop", "light")
    page.locator('#composer[data-state="ready"]').wait_for()
    page.get_by_text("Text, textured").click()
    page.get_by_role("textbox", name="Prompt").first.fill("a red sports car with black wheels")
    shown(page, ids["car"])
    camera.take(page, file)
    page.close()


def share_pictures(camera: Camera, url: str, job_id: str, out: Path) -> None:
    shared = requests.post(f"{url}{V1}/system/jobs/{job_id}/share", timeout=10).json()
    for size in SIZES:
        page = camera.page(size, "light", shared["url"])
        page.wait_for_timeout(4_000)
        camera.take(page, out / f"share_{size}.png")
        page.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, help="folder for all pictures")
    parser.add_argument("--readme", type=Path, help="file of the picture that the README shows")
    args = parser.parse_args()
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        print("no Chromium is here")
        return 1
    with own_server(workers=True, gpus="none") as server, sync_playwright() as playwright:
        url = f"http://127.0.0.1:{server.port}"
        ids = results(url)
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        camera = Camera(browser, url)
        if args.readme:
            readme_picture(camera, ids, args.readme)
        if args.out:
            studio_pictures(camera, ids, args.out)
            share_pictures(camera, url, ids["car"], args.out)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
