# why: modules of git pinned to a tag and to a commit
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

module "network" {
  source = "git::https://git.example.com/platform/network.git?ref=v1.4.2"
  name   = "orders"
}

module "alerts" {
  source = "git::ssh://git@git.example.com/platform/modules.git//alerts?ref=4f2c1e9b7a6d5c3f8e0a1b2c3d4e5f60718293a4&depth=1"
  name   = "orders"
}
