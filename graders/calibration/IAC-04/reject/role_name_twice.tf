# why: two roles of the same name: valid, but the second can't be created
provider "aws" {
  region = "eu-west-1"
}

locals {
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role" "resize" {
  name               = "image-function"
  assume_role_policy = local.trust
}

resource "aws_iam_role" "publish" {
  name               = "image-function"
  assume_role_policy = local.trust
}
