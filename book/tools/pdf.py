"""Print the whole book as one PDF from the built pages."""

import json

from bs4 import BeautifulSoup

from . import HTML
from .browser import chromium
from .chapters import chapters

PDF = HTML.parent / "book.pdf"
PRINTED = (
    HTML / "book" / "print.html"
)  # beside the title page, whose links to styles it shares


def key(path):
    """A page's name for use in an id: book-derive-cost for …/book/derive/cost.html."""
    return "-".join(path.relative_to(HTML).with_suffix("").parts)


def article(path):
    """The text of one page; ids wear the page's name, links lead to where it now is."""
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    text = soup.find("article")
    for element in text.find_all(id=True):
        element["id"] = f"{key(path)}-{element['id']}"
    for image in text.find_all("img"):
        image["src"] = (path.parent / image["src"]).resolve().as_uri()
    for link in text.find_all("a", href=True):
        page, _, anchor = link["href"].partition("#")
        target = (path.parent / page).resolve() if page else path
        if (
            "://" not in page
            and target.suffix == ".html"
            and target.is_relative_to(HTML)
        ):
            link["href"] = "#" + key(target) + (f"-{anchor}" if anchor else "")
    for details in text.find_all("details"):
        details["open"] = ""
    text["id"] = key(path)
    return text


def sheet_head(name, title):
    """The rules that write a chapter's title at the head of its sheets."""
    said = json.dumps(title, ensure_ascii=False)
    return f"#{name}{{page: {name}}} @page {name}{{@top-right{{content: {said}}}}}\n"


def whole_book():
    """One page of HTML: the title page's head, a table of contents, all articles."""
    pages = [chapter.html for chapter in chapters()]
    head = BeautifulSoup(pages[0].read_text(encoding="utf-8"), "html.parser").head
    for script in head.find_all("script"):
        script.decompose()
    head.title.string = head.title.string.split(" — ")[0]
    first, *rest = map(article, pages)
    titles = [(text["id"], text.find("h1").get_text().rstrip("#")) for text in rest]
    contents = "".join(
        f'<li><a href="#{name}">{title}</a></li>' for name, title in titles
    )
    heads = "".join(sheet_head(name, title) for name, title in titles)
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light">{head}'
        f"<style>{heads}</style><body>"
        f'<main class="bd-main"><div class="bd-content">'
        f'<div class="bd-article-container">{first}'
        f'<nav class="bd-article"><h1>Contents</h1><ul>{contents}</ul></nav>'
        f"{''.join(map(str, rest))}</div></div></main></body></html>"
    )


def print_book(browser, path):
    """Write the page with all articles, and print it."""
    PRINTED.write_text(whole_book(), encoding="utf-8")
    try:
        page = browser.new_page()
        page.goto(PRINTED.as_uri(), wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        page.pdf(
            path=path,
            prefer_css_page_size=True,
            print_background=True,
            outline=True,
            tagged=True,
        )
        page.close()
    finally:
        PRINTED.unlink()


def print_all():
    """Print the whole book."""
    with chromium() as browser:
        print_book(browser, PDF)
    print(f"The book as one PDF: {PDF}")
