# why: a range that admits 5.100, variables without defaults, one-line blocks
terraform {
  required_version = ">= 1.9, < 2.0"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.60, != 5.71.0, < 6.0" }
  }
}

variable "region" { type = string }
variable "tables" { type = map(string) }

provider "aws" { region = var.region }

resource "aws_dynamodb_table" "this" {
  for_each     = var.tables
  name         = each.key
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = each.value

  attribute {
    name = each.value
    type = "S"
  }
}

resource "terraform_data" "marker" { input = keys(var.tables) }
