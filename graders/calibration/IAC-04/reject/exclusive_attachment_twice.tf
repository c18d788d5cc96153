# why: aws_iam_policy_attachment owns every attachment of a policy, and two of them own the same
provider "aws" {
  region = "eu-west-1"
}

resource "aws_iam_role" "app" {
  for_each = toset(["reader", "writer"])
  name     = each.key
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_policy" "logs" {
  name = "write-logs"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*" }]
  })
}

resource "aws_iam_policy_attachment" "app" {
  for_each   = aws_iam_role.app
  name       = each.key
  roles      = [each.value.name]
  policy_arn = aws_iam_policy.logs.arn
}
