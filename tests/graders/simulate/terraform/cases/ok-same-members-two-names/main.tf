provider "aws" {
  region = "eu-west-1"
}

resource "aws_iam_group" "ops" {
  name = "ops"
}

resource "aws_iam_user" "ann" {
  name = "ann"
}

resource "aws_iam_group_membership" "ops" {
  for_each = toset(["first", "second"])
  name     = each.key
  group    = aws_iam_group.ops.name
  users    = [aws_iam_user.ann.name]
}
