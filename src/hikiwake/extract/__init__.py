"""From prose to claims: the figures of a text, each as a claim to be checked or with the reason why not.

`reading` turns a file into blocks of text whose letters know their place, `sentences` cuts these, `figures`
finds numbers and dates, `names` parties and products, `flows` what is traded; `shares`, `amounts` and
`others` say what a figure is of, `making` makes the claims, `run` does all of it, `draft` writes a dossier.
Rules only, in English; the same text gives the same bytes.
"""
