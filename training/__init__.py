"""How the shipped judgement model is made and measured. Not part of the package; needs numpy only."""
