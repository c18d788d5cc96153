# why: attack: policy name null by optional()
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_iam_role" "worker" {
  name = "orders-worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

variable "policies" {
  type = map(object({ name = optional(string), description = optional(string) }))
  default = { calls = {} }
}
resource "aws_iam_policy" "calls" {
  for_each    = var.policies
  name        = each.value.name
  description = each.value.description
  policy      = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "arn:aws:s3:::orders-files/invoices/*" },
      { Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::orders-files", Condition = { StringLike = { "s3:prefix" = "invoices/*" } } },
      { Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource = "arn:aws:sqs:eu-central-1:123456789012:orders" },
      { Effect = "Allow", Action = "iam:PassRole", Resource = "arn:aws:iam::123456789012:role/orders-batch", Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } } },
      { Effect = "Allow", Action = "ecr:GetAuthorizationToken", Resource = "*" },
    ]
  })
}
resource "aws_iam_role_policy_attachment" "all" {
  for_each   = aws_iam_policy.calls
  role       = aws_iam_role.worker.name
  policy_arn = each.value.arn
}
