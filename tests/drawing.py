"""What a test remembers of the pages it draws: their own context, not those of the pieces they are made of.

Django's test client copies the context of every template drawn, the button and the field included: a fifth of the time
of a page. Nobody reads them: `response.context["table"]` is in the context of the page.
"""

from collections.abc import Callable
from threading import local
from typing import Any

from django.template import Context, Template
from django.test.signals import template_rendered

_drawing = local()


def drawn_as_one(template: Template, context: Context) -> Any:
    """As Django's own in tests; the signal that makes the copies is sent for the outermost template only."""
    if getattr(_drawing, "is_inside", False):
        return template.nodelist.render(context)
    template_rendered.send(sender=template, template=template, context=context)
    _drawing.is_inside = True
    try:
        return template.nodelist.render(context)
    finally:
        _drawing.is_inside = False


def draw_as_one() -> Callable[[], None]:
    """From now on; the answer puts Django's own way back."""
    former = Template._render
    Template._render = drawn_as_one

    def stop() -> None:
        Template._render = former

    return stop
