"""Where pages find rooms. Apart from who serves them, since pages know of the lane and the lane of pages."""

served = False


def url() -> str | None:
    """Give where this process talks of rooms, beside the page; None where it does not."""
    return "sawaru/room" if served else None
