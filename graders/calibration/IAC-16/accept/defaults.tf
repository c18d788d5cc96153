# why: bucket, table, queue and secret are encrypted by default
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

resource "aws_dynamodb_table" "carts" {
  name         = "carts"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "cart_id"

  attribute {
    name = "cart_id"
    type = "S"
  }
}

resource "aws_sqs_queue" "events" {
  name = "orders-events"
}

resource "aws_secretsmanager_secret" "db" {
  name = "orders/db"
}

resource "aws_cloudwatch_log_group" "api" {
  name              = "/orders/api"
  retention_in_days = 30
}
