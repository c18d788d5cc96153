# why: the actions that end a thing are taken out, DeleteMessage with them
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

locals {
  wanted = {
    "arn:aws:s3:::orders-files/invoices/*"         = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    "arn:aws:sqs:eu-central-1:123456789012:orders" = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
    "*"                                            = ["ecr:GetAuthorizationToken"]
  }

  destructive = flatten([
    for actions in values(local.wanted) :
    [for action in actions : action if length(regexall(":Delete", action)) > 0]
  ])

  statements = [
    for resource, actions in local.wanted : {
      Effect   = "Allow"
      Action   = setsubtract(actions, local.destructive)
      Resource = resource
    } if length(setsubtract(actions, local.destructive)) > 0
  ]

  conditional = [
    {
      Effect    = "Allow"
      Action    = "s3:ListBucket"
      Resource  = "arn:aws:s3:::orders-files"
      Condition = { StringLike = { "s3:prefix" = "invoices/*" } }
    },
    {
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = "arn:aws:iam::123456789012:role/orders-batch"
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    },
  ]
}

resource "aws_iam_role_policy" "worker" {
  name = "calls"
  role = aws_iam_role.worker.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.statements, local.conditional)
  })
}
