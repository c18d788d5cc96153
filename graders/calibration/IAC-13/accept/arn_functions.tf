# why: the ARNs are parsed and built by functions of the provider
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

data "aws_partition" "current" {}

locals {
  queue   = provider::aws::arn_parse("arn:aws:sqs:eu-central-1:123456789012:orders")
  account = local.queue.account_id
  batch = provider::aws::arn_build(
    data.aws_partition.current.partition, "iam", "", local.account, "role/orders-batch"
  )
  bucket = provider::aws::arn_build(data.aws_partition.current.partition, "s3", "", "", "orders-files")
  source = provider::aws::arn_build("aws", "sqs", local.queue.region, local.account, local.queue.resource)
}

resource "aws_iam_role_policy" "worker" {
  name = "calls"
  role = aws_iam_role.worker.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "${local.bucket}/invoices/*"
      },
      {
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = local.bucket
        Condition = { StringLike = { "s3:prefix" = "invoices/*" } }
      },
      {
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
        Resource = local.source
      },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = local.batch
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
    ]
  })
}
