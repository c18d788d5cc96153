# why: a base document, one statement of which a second replaces by its sid
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
  name               = "orders-worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Files"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::orders-files/*"]
  }

  statement {
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
    resources = ["arn:aws:sqs:eu-central-1:123456789012:orders"]
  }

  statement {
    actions   = ["iam:PassRole"]
    resources = ["arn:aws:iam::123456789012:role/orders-batch"]
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

  statement {
    actions   = ["s3:ListBucket"]
    resources = ["arn:aws:s3:::orders-files"]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["invoices/", "invoices/*"]
    }
  }
}

data "aws_iam_policy_document" "narrow" {
  statement {
    sid       = "Files"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::orders-files/invoices/*"]
  }
}

data "aws_iam_policy_document" "worker" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [data.aws_iam_policy_document.narrow.json]
}

resource "aws_iam_role_policy" "worker" {
  role   = aws_iam_role.worker.id
  policy = data.aws_iam_policy_document.worker.json
}
