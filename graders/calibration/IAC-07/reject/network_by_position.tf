# why: the keys are stable, but each network's number is the position in the list
provider "aws" {
  region = "eu-west-1"
}

variable "teams" {
  type = list(string)
}

resource "aws_vpc" "main" {
  cidr_block = "10.60.0.0/16"
}

resource "aws_subnet" "team" {
  for_each   = toset(var.teams)
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, index(var.teams, each.key))
  tags       = { Name = each.key }
}
