"""The analyst that asks a model, within a budget, and believes nothing unchecked."""
