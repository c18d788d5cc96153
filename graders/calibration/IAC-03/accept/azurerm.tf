# why: an Azure container locks by lease
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "azurerm" {
    resource_group_name  = "terraform"
    storage_account_name = "acmetfstate"
    container_name       = "state"
    key                  = "orders.tfstate"
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
