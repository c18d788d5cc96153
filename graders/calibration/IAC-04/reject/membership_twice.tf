# why: aws_iam_group_membership owns all members of a group, and two of them name other members
provider "aws" {
  region = "eu-west-1"
}

resource "aws_iam_group" "ops" {
  name = "ops"
}

resource "aws_iam_user" "ops" {
  for_each = toset(["ann", "bob"])
  name     = each.key
}

resource "aws_iam_group_membership" "ann" {
  name  = "ann"
  group = aws_iam_group.ops.name
  users = [aws_iam_user.ops["ann"].name]
}

resource "aws_iam_group_membership" "bob" {
  name  = "bob"
  group = aws_iam_group.ops.name
  users = [aws_iam_user.ops["bob"].name]
}
