"""What all lessons share: the shell, the controls, the stage, the live slider, text, the catalog."""
