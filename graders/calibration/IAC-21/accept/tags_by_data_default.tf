# why: attack: data aws_default_tags hands on what the provider says
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
  default_tags {
    tags = {
      Owner       = "orders"
      CostCenter  = "4711"
      Environment = "production"
    }
  }
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
data "aws_default_tags" "here" {}
resource "aws_sqs_queue" "us" {
  provider = aws.us
  name     = "us"
  tags     = data.aws_default_tags.here.tags
}
