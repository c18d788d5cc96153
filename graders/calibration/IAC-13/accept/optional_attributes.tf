# why: the actions are the default of an optional attribute, the folder is given
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

variable "buckets" {
  type = map(object({
    actions = optional(list(string), ["s3:GetObject", "s3:PutObject"])
    folder  = optional(string, "")
  }))
  default = {
    orders-files = { folder = "invoices/" }
  }
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
  objects = [
    for name, bucket in var.buckets : {
      Effect   = "Allow"
      Action   = bucket.actions
      Resource = "arn:aws:s3:::${name}/${bucket.folder}*"
    }
  ]
  others = [
    {
      Effect    = "Allow"
      Action    = "s3:ListBucket"
      Resource  = "arn:aws:s3:::orders-files"
      Condition = { StringLike = { "s3:prefix" = "invoices/*" } }
    },
    {
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
      Resource = "arn:aws:sqs:eu-central-1:123456789012:orders"
    },
    {
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = "arn:aws:iam::123456789012:role/orders-batch"
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    },
    {
      Effect   = "Allow"
      Action   = "ecr:GetAuthorizationToken"
      Resource = "*"
    },
  ]
}

resource "aws_iam_role_policy" "worker" {
  name = "calls"
  role = aws_iam_role.worker.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.objects, local.others)
  })
}
