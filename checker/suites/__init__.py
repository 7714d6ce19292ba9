"""The questions. ``test_NN_name.py`` holds the checks that step NN adds."""
