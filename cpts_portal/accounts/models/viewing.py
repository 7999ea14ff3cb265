"""The log of administrators who looked at the portal as somebody else."""

from django.db import models

from cpts_portal.core.authors import author_field


class ViewingAs(models.Model):
    """The log of administrators who looked at the portal as somebody else (read only)."""

    administrator = author_field("administrateur", null=False)
    user = author_field("vu comme", null=False)
    reason = models.CharField("motif", max_length=200)
    started_at = models.DateTimeField("début", auto_now_add=True)
    ended_at = models.DateTimeField("fin", null=True, blank=True)

    class Meta:
        verbose_name = "consultation au nom d’un utilisateur"
        verbose_name_plural = "consultations au nom d’un utilisateur"
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.administrator} vu comme {self.user}"
