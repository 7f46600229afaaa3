"""What axe-core finds on a page."""


def faults(page, part=None, **options):
    """One line a rule, with the first three places, on the page or a part (CSS)."""
    from axe_playwright_python.sync_playwright import Axe  # of the extra `site`

    options |= {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, context=part, options=options)
    return [
        f"{fault['id']}: {fault['help']} ({len(fault['nodes'])} times)\n"
        + "\n".join(
            f"    {node['target']} {node['html'][:200]}" for node in fault["nodes"][:3]
        )
        for fault in found.response["violations"]
    ]
