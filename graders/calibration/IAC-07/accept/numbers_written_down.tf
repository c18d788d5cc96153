# why: each team has its number written down, so the networks stay where they are
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

locals {
  numbers = { blue = 1, green = 2, red = 3, white = 4 }
}

resource "aws_vpc" "main" {
  cidr_block = "10.60.0.0/16"
}

resource "aws_subnet" "team" {
  for_each   = { for team in var.teams : team => local.numbers[team] }
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, each.value)
  tags       = { Name = each.key }
}
