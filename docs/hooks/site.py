"""Hooks of MkDocs: README as front page, notebooks, formulas as MathML, and nothing from the network."""

from __future__ import annotations

import re
from typing import Any

from contents import LINK, ROOT, linked, notebooks
from mathml import markdown_formulas, notebook_formulas
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

# mkdocs-jupyter brings MathJax and Mermaid from content networks; formulas are MathML here, and there are no
# diagrams.
FOREIGN = re.compile(
    r"<script\b[^>]*>(?:(?!</script>).)*?(?:MathJax|mermaid)(?:(?!</script>).)*</script>"
    r"|<script\b[^>]*\bsrc=\"https?:[^>]*></script>",
    re.DOTALL,
)
CHECKS = re.compile(r"(celltag_checks.*?)(<pre>.*?</pre>)", re.DOTALL)
LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"https?:[^\"]*|<link\b[^>]*\bhref=\"https?:[^\"]*"
)


def on_config(config: Any) -> Any:
    """The notebooks enter the navigation in the order of their names."""
    found = [{title: path} for title, path in notebooks()]
    config.nav = [
        {name: found} if name == "Notebooks" else {name: target}
        for entry in config.nav
        for name, target in entry.items()
        if name != "Notebooks" or found
    ]
    return config


@event_priority(100)
def on_files(files: Files, config: Any) -> Files:
    """README.md as index.md, what it links to, and the notebooks; before mkdocs-jupyter looks for them."""
    readme = ROOT / "README.md"
    files.append(File.generated(config, "index.md", abs_src_path=str(readme)))
    paths = [path for _, path in notebooks()]
    paths += [path for path in linked(readme.read_text(encoding="utf-8")) if not path.startswith("docs/")]
    for path in dict.fromkeys(paths):
        if files.get_file_from_path(path) is None:
            files.append(File(path, str(ROOT), config.site_dir, config.use_directory_urls))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """The front page: links as seen from docs/, and at its end what else the site has."""
    if page.file.src_uri != "index.md":
        return markdown
    text = LINK.sub(lambda found: found[0].replace("](docs/", "](", 1), markdown)
    return text + "\n\n## On this site\n\n" + "\n".join(_entries(config.nav)) + "\n"


def on_page_content(html: str, page: Any, config: Any, files: Files) -> str:
    """Formulas as MathML; a formula that cannot be one stops the build and is named."""
    try:
        if page.file.src_uri.endswith(".ipynb"):
            return notebook_formulas(fold_checks(FOREIGN.sub("", html)))
        return markdown_formulas(html)
    except ValueError as problem:
        raise PluginError(f"{page.file.src_uri}: {problem}") from problem


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Whoever reads the site is seen by nobody: a page that loads something from elsewhere is an error."""
    if found := LOADED.search(output):
        raise PluginError(f"{page.file.src_uri} loads from the network: {found[0]}")
    return output


def fold_checks(html: str) -> str:
    """A notebook with the code of its cells that are tagged "checks" folded.

    >>> fold_checks('<p class="celltag_checks"><pre>x</pre>')
    '<p class="celltag_checks"><details><summary>What is asserted</summary><pre>x</pre></details>'
    """
    return CHECKS.sub(r"\1<details><summary>What is asserted</summary>\2</details>", html)


def _entries(nav: list[dict[str, Any]], depth: int = 0) -> list[str]:
    lines = []
    for entry in nav:
        for name, target in entry.items():
            if target == "index.md":
                continue
            nested = isinstance(target, list)
            lines.append("    " * depth + (f"- {name}" if nested else f"- [{name}]({target})"))
            lines += _entries(target, depth + 1) if nested else []
    return lines
