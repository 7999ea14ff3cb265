"""Comments, answers, the agent in charge, how to be told."""

from collections.abc import Sequence
from typing import Any

from django import forms

from contracts.models import Audience, Comment, MailChoice, Review
from contracts.talk.assignments import colleagues
from contracts.talk.comments import LONGEST, audiences_of, kinds_of, parts_of
from cpts_portal.accounts.models import User
from cpts_portal.core.forms import choice_field, choices_among

HINTS = {
    Comment.Kind.QUESTION: "Question (bloque le visa de votre agence jusqu’à la réponse)",
    Comment.Kind.CORRECTION: "Correction demandée (rouvre cette partie à la CPTS)",
}


def _text(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))


class CommentForm(forms.Form):
    """What this side may write about this review: its parts, its kinds, its readers."""

    anchor = forms.ChoiceField(label="Porte sur", required=False)
    kind = forms.ChoiceField(label="Nature", initial=Comment.Kind.REMARK)
    audience = forms.ChoiceField(label="Lu par", initial=Audience.EVERYBODY)
    text = _text("Commentaire")

    def __init__(self, *args: Any, review: Review, party: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_agency = len(audiences_of(party)) > 1
        kinds = kinds_of(party, review)
        self.choose("anchor", list(parts_of(review).items()))
        self.choose("kind", [(kind, HINTS.get(kind, kind.label) if is_agency else kind.label) for kind in kinds])
        self.choose("audience", [(each, each.label) for each in audiences_of(party)])
        for name, offered in (("kind", kinds), ("audience", audiences_of(party))):
            if len(offered) == 1:
                self.fields[name].widget = forms.HiddenInput()

    def choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        choice_field(self, name).choices = choices


class AnswerForm(forms.Form):
    text = _text("Réponse")


class AssignForm(forms.Form):
    agent = forms.ModelChoiceField(
        label="Agent chargé du dossier",
        queryset=User.objects.none(),
        required=False,
        empty_label="Personne en particulier",
        help_text="Dans votre agence, les messages de ce dossier n’iront plus qu’à cette personne.",
    )

    def __init__(self, *args: Any, review: Review, party: str, day: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_among(self, "agent").queryset = colleagues(review, party, day)


RHYTHMS = [
    (MailChoice.Rhythm.AT_ONCE, "à chaque étape et à chaque commentaire"),
    (MailChoice.Rhythm.DAILY, "une fois par jour, en un résumé"),
    (MailChoice.Rhythm.NEVER, "jamais"),
]


class RhythmForm(forms.Form):
    rhythm = forms.ChoiceField(label="M’écrire", choices=RHYTHMS, widget=forms.RadioSelect)
