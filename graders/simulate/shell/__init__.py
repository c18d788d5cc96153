"""How a shell script ends when a command in it fails: asked of Bash itself, with every other program a stand-in."""
