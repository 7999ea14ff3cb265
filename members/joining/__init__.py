"""Applications: the public form, their examination, acceptance or refusal."""
