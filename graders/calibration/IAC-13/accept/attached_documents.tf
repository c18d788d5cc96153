# why: documents combined, attached as a policy; ARNs from data sources and from a bucket of the files
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

data "aws_caller_identity" "here" {}

data "aws_region" "here" {}

data "aws_partition" "here" {}

data "aws_iam_policy_document" "queue" {
  statement {
    actions   = ["sqs:DeleteMessage", "sqs:ReceiveMessage"]
    resources = ["arn:${data.aws_partition.here.partition}:sqs:${data.aws_region.here.name}:${data.aws_caller_identity.here.account_id}:orders"]
  }
}

data "aws_iam_policy_document" "all" {
  source_policy_documents = [data.aws_iam_policy_document.queue.json]

  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.files.arn}/invoices/*"]
  }
  statement {
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.files.arn]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["invoices/*"]
    }
  }
  statement {
    actions   = ["iam:PassRole"]
    resources = ["arn:aws:iam::${data.aws_caller_identity.here.account_id}:role/orders-batch"]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
  statement {
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }
}

resource "aws_s3_bucket" "files" {
  bucket = "orders-files"
}

resource "aws_iam_policy" "worker" {
  name   = "orders-worker"
  policy = data.aws_iam_policy_document.all.json
}

resource "aws_iam_role_policy_attachment" "worker" {
  role       = aws_iam_role.worker.name
  policy_arn = aws_iam_policy.worker.arn
}
