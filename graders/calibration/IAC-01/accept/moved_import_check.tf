# why: blocks moved, removed, import and check, and a heredoc with directives
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_s3_bucket" "exports" {
  bucket = "acme-orders-exports"
}

resource "aws_s3_bucket_versioning" "exports" {
  bucket = aws_s3_bucket.exports.id
  versioning_configuration {
    status = "Enabled"
  }
}

moved {
  from = aws_s3_bucket.export
  to   = aws_s3_bucket.exports
}

removed {
  from = aws_s3_bucket.scratch
  lifecycle {
    destroy = false
  }
}

import {
  to = aws_cloudwatch_log_group.api
  id = "/orders/api"
}

resource "aws_cloudwatch_log_group" "api" {
  name              = "/orders/api"
  retention_in_days = 30
}

check "bucket_name" {
  assert {
    condition     = startswith(aws_s3_bucket.exports.bucket, "acme-")
    error_message = "Buckets start with acme-."
  }
}

resource "aws_ssm_parameter" "hosts" {
  name  = "/orders/hosts"
  type  = "String"
  value = <<-EOT
    %{for host in ["a", "b"]~}
    ${host}.orders.example.com
    %{endfor~}
  EOT
}
