# why: attack: the resource overrules a default tag with an empty text
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

resource "aws_sqs_queue" "q" {
  name = "q"
  tags = { Owner = "" }
}
