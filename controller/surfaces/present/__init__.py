"""A view as people and programs read it: pure functions from the model to `api_models`."""
