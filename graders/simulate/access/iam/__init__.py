"""AWS IAM: what a role may do, and who may become it, once the policies of an answer are in force."""
